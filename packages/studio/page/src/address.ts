import { useLayoutEffect, useState } from 'preact/hooks';

/** What the address of the page says: all that it shows follows from it. */
export interface Address {
  /** Of the registry of pages. */
  readonly page: string;
  /** The comparison, where the page is about one. */
  readonly run: string;
  readonly query: Readonly<Record<string, string>>;
}

/** `#/runs/demo/errors?of=three`: behind the `#`, so that an export opens from a file. */
export function parseAddress(hash: string): Address {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
  const [first, run = '', page] = path.split('/');
  const query = Object.fromEntries(new URLSearchParams(search));
  if (first !== 'runs' || run === '') return { page: first || 'runs', run: '', query };
  return { page: page || 'comparison', run: decode(run), query };
}

export function hrefOf({ page, run, query }: Address): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  const path = run === '' ? '' : `runs/${encodeURIComponent(run)}${page === 'comparison' ? '' : `/${page}`}`;
  return `#/${path}${search === '' ? '' : `?${search}`}`;
}

/** A name that nobody could have written leads nowhere, instead of breaking the page. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address, followed as it changes. */
export function useAddress(): Address {
  const [address, setAddress] = useState(() => parseAddress(location.hash));
  useLayoutEffect(() => {
    const follow = () => setAddress(parseAddress(location.hash));
    addEventListener('hashchange', follow);
    // It may have changed since the first look.
    follow();
    return () => removeEventListener('hashchange', follow);
  }, []);
  return address;
}

/** Changes what stands behind the question mark, without a new entry in the history: a filter is no page. */
export function setQuery(changes: Readonly<Record<string, string>>): void {
  const address = parseAddress(location.hash);
  const url = hrefOf({ ...address, query: { ...address.query, ...changes } });
  if (url === location.hash) return;
  history.replaceState(null, '', url);
  dispatchEvent(new Event('hashchange'));
}

/** What goes along from page to page of a comparison: who is hidden is hidden everywhere. */
const LASTING = ['hidden', 'pinned', 'follow'];

/** Of what stands behind the question mark, what other pages of the same comparison are to know. */
export function lasting(query: Address['query']): Address['query'] {
  return Object.fromEntries(Object.entries(query).filter(([key]) => LASTING.includes(key)));
}
