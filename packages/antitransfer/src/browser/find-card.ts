import { messageOf, UserError } from '../errors.js';
import { modelMetadata } from './model-metadata.js';
import { type PageCard, readPageCard } from './page-card.js';

/** The metadata's key; a test holds that it is the one that models are written with. */
const CARD_KEY = 'antitransfer';

/** Where a model and its card are looked for. */
export interface ModelPlace {
  /** What is quoted in messages. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Where the model is from; undefined of bytes. */
  readonly url: string | undefined;
}

/**
 * Finds a model's card: the one that is given, the one in its file, the one beside it.
 *
 * @throws UserError when there is none, or it is none
 */
export async function findCard(
  { name, bytes, url }: ModelPlace,
  given: string | URL | object | undefined,
  signal: AbortSignal | undefined,
): Promise<PageCard> {
  if (typeof given === 'string' || given instanceof URL) return fetchCard(String(given), signal);
  if (given !== undefined) return readPageCard(given, 'as given');
  const metadata = modelMetadata(bytes);
  if (metadata === undefined) {
    throw new UserError(
      `"${name}" is no ONNX model${looksLikeHtml(bytes) ? ', but a page: the server has no such file' : ''}. Name an .onnx file that "antitransfer export" wrote.`,
    );
  }
  const text = metadata[CARD_KEY];
  if (text !== undefined) return readPageCard(parse(text, name), `in "${name}"`);
  const beside = url?.replace(/[.]onnx(?=$|[?#])/, '.json');
  if (beside !== undefined && beside !== url) return fetchCard(beside, signal);
  throw new UserError(
    `The model "${name}" says nothing of itself. Give its card: openModel(model, { card: 'digits.json' }).`,
  );
}

async function fetchCard(url: string, signal: AbortSignal | undefined): Promise<PageCard> {
  const bytes = await fetchBytes(url, "the model's card", signal);
  return readPageCard(parse(new TextDecoder().decode(bytes), url), `"${url}"`);
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError(`The card of the model "${where}" is no JSON: ${messageOf(cause)}.`, { cause });
  }
}

/**
 * What is at an address.
 *
 * @param what it is, for messages
 * @throws UserError when it cannot be had
 * @throws the signal's reason when it aborts
 */
export async function fetchBytes(
  url: string,
  what: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const answer = await fetch(url, signal ? { signal } : {}).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw new UserError(`Cannot fetch ${what}, "${url}": ${messageOf(cause)}.`, { cause });
  });
  if (!answer.ok) {
    throw new UserError(`Cannot fetch ${what}, "${url}": ${answer.status} ${answer.statusText}.`);
  }
  return new Uint8Array(await answer.arrayBuffer());
}

function looksLikeHtml(bytes: Uint8Array): boolean {
  return /^\s*</.test(new TextDecoder().decode(bytes.subarray(0, 64)));
}
