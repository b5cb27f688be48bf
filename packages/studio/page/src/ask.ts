import { useEffect, useRef, useState } from 'preact/hooks';
import { addressOf } from '../../src/views/address.ts';
import type { RunListView } from '../../src/views/run-list.ts';
import { hrefOf } from './address.ts';

/** What was asked for: what is known of it, or why nothing is. What was known stays until there is something newer, or it is gone. */
export interface Asked<View> {
  readonly view: View | undefined;
  readonly problem: string | undefined;
}

/** Answers that an export carries with it, by their addresses. */
const exported = readExported();

/** Whether this page is an export, which nobody answers. */
export const isExport = exported !== undefined;

/** Whether an export carries the answer to an address; those of sound are heavy, and may have been left out. */
export function isExported(address: string): boolean {
  return exported !== undefined && Object.hasOwn(exported, address);
}

/** Where an export opens; undefined where there are comparisons to choose from. */
export const home = homeOf(exported);

/** Asks for one thing. @throws Error with what the studio says */
async function ask<View>(address: string, signal?: AbortSignal): Promise<View> {
  if (exported !== undefined) {
    const view = exported[address];
    if (view === undefined)
      throw new Error('An export does not hold this. Start the studio on the comparison’s folder.');
    return view as View;
  }
  const response = await fetch(`./api/${address}`, signal && { signal });
  return answerOf(response);
}

/** What the studio says that there is not, or not any more. */
class NotThere extends Error {}

async function answerOf<View>(response: Response): Promise<View> {
  const answer: unknown = await response.json();
  if (response.ok) return answer as View;
  const Refusal = response.status === 404 ? NotThere : Error;
  throw new Refusal(messageOf(answer) ?? `The studio answered ${response.status}.`);
}

/** Has something done with bytes. @throws Error with what the studio says */
export async function send<View>(
  path: string,
  query: Readonly<Record<string, string>>,
  body: Blob,
): Promise<View> {
  if (isExport) throw new Error('An export hears nothing. Start the studio on the comparison’s folder.');
  const response = await fetch(`./api/${addressOf(path, query)}`, { method: 'POST', body });
  return answerOf(response);
}

/** Asks for what is no JSON, such as sound. @throws Error with what the studio says */
export async function askBytes(address: string, signal?: AbortSignal): Promise<ArrayBuffer> {
  if (exported !== undefined) return bytesOf(await ask<string>(address));
  const response = await fetch(`./api/${address}`, signal && { signal });
  if (response.ok) return response.arrayBuffer();
  throw new Error(messageOf(await response.json()) ?? `The studio answered ${response.status}.`);
}

/**
 * Asks for something, and again whenever `version` changes: one question at a time, so that changes that come faster than answers do
 * hold nothing up. The same answer is the same object, so that nothing is drawn anew.
 */
export function useAsked<View>(address: string | undefined, version: number): Asked<View> {
  const [asked, setAsked] = useState<Answered<View>>({ address, view: undefined, problem: undefined });
  const asker = useRef<Asker | undefined>(undefined);
  useEffect(() => {
    if (address === undefined) return;
    const stop = new AbortController();
    let said = '';
    const own: Asker = { isAsking: false, isOutdated: false, ask: () => undefined };
    own.ask = async () => {
      if (own.isAsking) {
        own.isOutdated = true;
        return;
      }
      Object.assign(own, { isAsking: true, isOutdated: false });
      try {
        const view = await ask<View>(address, stop.signal);
        const text = JSON.stringify(view);
        if (text !== said) setAsked({ address, view, problem: undefined });
        else
          setAsked((before) => (before.problem === undefined ? before : { ...before, problem: undefined }));
        said = text;
      } catch (error) {
        if (stop.signal.aborted) return;
        const problem = error instanceof Error ? error.message : String(error);
        // What is gone is not shown as if it were there.
        const isGone = error instanceof NotThere;
        const view = (before: Answered<View>) =>
          before.address === address && !isGone ? before.view : undefined;
        if (isGone) said = '';
        setAsked((before) => ({ address, view: view(before), problem }));
      }
      own.isAsking = false;
      if (own.isOutdated) own.ask();
    };
    asker.current = own;
    return () => stop.abort();
  }, [address]);
  useEffect(() => asker.current?.ask(), [address, version]);
  return asked.address === address ? asked : { view: undefined, problem: undefined };
}

interface Answered<View> extends Asked<View> {
  readonly address: string | undefined;
}

interface Asker {
  isAsking: boolean;
  isOutdated: boolean;
  ask: () => void;
}

/** Counts the changes that the studio tells of; `lost` when it does not answer any more. */
export function useLive(run: string): { readonly version: number; readonly lost: boolean } {
  const [version, setVersion] = useState(0);
  const [lost, setLost] = useState(false);
  useEffect(() => {
    if (isExport) return;
    let stream: EventSource | undefined;
    let missed = false;
    const change = () => setVersion((before) => before + 1);
    const listen = () => {
      stream = new EventSource(run === '' ? './api/live' : `./api/live?run=${encodeURIComponent(run)}`);
      stream.addEventListener('change', change);
      stream.addEventListener('open', () => {
        // What has changed while nobody answered, or nobody looked, is asked for.
        if (missed) change();
        missed = false;
        setLost(false);
      });
      stream.addEventListener('error', () => {
        missed = true;
        setLost(true);
      });
    };
    // A browser has six connections to a host: a tab that nobody sees leaves its own to others.
    const follow = () => {
      if (document.visibilityState === 'visible') {
        if (stream === undefined) listen();
        return;
      }
      stream?.close();
      stream = undefined;
      missed = true;
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      stream?.close();
    };
  }, [run]);
  return { version, lost };
}

/** What an export holds as `data:audio/wav;base64,…`, which its policy lets nothing fetch. */
function bytesOf(dataUrl: string): ArrayBuffer {
  const text = atob(dataUrl.slice(dataUrl.indexOf(',') + 1));
  return Uint8Array.from(text, (character) => character.charCodeAt(0)).buffer;
}

function messageOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('message' in answer)) return undefined;
  return typeof answer.message === 'string' ? answer.message : undefined;
}

function readExported(): Readonly<Record<string, unknown>> | undefined {
  const text = document.getElementById('exported')?.textContent;
  return text ? JSON.parse(text) : undefined;
}

function homeOf(answers: typeof exported): string | undefined {
  const [first] = (answers?.runs as RunListView | undefined)?.runs ?? [];
  return first && hrefOf({ page: 'comparison', run: first.id, query: {} });
}
