import type { FunctionComponent } from 'preact';

/** What every page is given. */
export interface PageProps {
  /** The comparison; empty on the page of all. */
  readonly run: string;
  readonly query: Readonly<Record<string, string>>;
  /** Grows when the studio says that something has changed. */
  readonly version: number;
}

export interface PageDefinition {
  /** In the address: `errors`. */
  readonly name: string;
  /** In the row of tabs. */
  readonly title: string;
  /** Whether it is about one comparison. */
  readonly ofRun: boolean;
  readonly View: FunctionComponent<PageProps>;
}
