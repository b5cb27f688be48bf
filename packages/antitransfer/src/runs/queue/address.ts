import { UserError } from '../../errors.js';

/** Begins the names of all that is kept in the database, so that several teams may share one. */
export const defaultPrefix = 'antitransfer';

/** What a client of the database is told, to connect. */
export interface Credentials {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  /** Present where the connection is to be encrypted. */
  readonly tls?: { readonly servername: string };
}

/** Where a queue is. It may be printed and stored as it is: the password is nowhere but in {@link credentials}. */
export class QueueAddress {
  /** The address without user and password: `rediss://queue.example.org:6379/0`. */
  readonly shown: string;
  readonly #credentials: Credentials;

  private constructor(
    credentials: Credentials,
    /** Begins the names of all that is kept there. */
    readonly prefix: string,
  ) {
    const { host, port, db, tls } = credentials;
    const bracketed = host.includes(':') ? `[${host}]` : host;
    this.shown = `${tls === undefined ? 'redis' : 'rediss'}://${bracketed}:${port}/${db}`;
    this.#credentials = credentials;
  }

  /**
   * @param url `redis://host:port/database`, or `rediss://user:password@host:port` for an encrypted connection
   * @throws UserError that does not quote it: there may be a password in it
   */
  static parse(url: string, prefix: string = defaultPrefix): QueueAddress {
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    if (parsed === undefined) throw notAnAddress('it is no URL');
    const { protocol, hostname, port, pathname, username, password, search } = parsed;
    if (protocol !== 'redis:' && protocol !== 'rediss:') throw notAnAddress(`it begins with "${protocol}//"`);
    if (hostname === '') throw notAnAddress('it names no host');
    if (search !== '') throw notAnAddress('nothing may follow a "?"');
    const db = pathname.length > 1 ? Number(pathname.slice(1)) : 0;
    if (!Number.isSafeInteger(db) || db < 0)
      throw notAnAddress(`"${pathname.slice(1)}" is no number of a database`);
    if (prefix === '' || prefix.includes(':'))
      throw new UserError(`"${prefix}" cannot be a queue's name: it must have a letter and no colon.`);
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    const credentials: Credentials = {
      host,
      port: port === '' ? 6379 : Number(port),
      db,
      ...(username !== '' && { username: decoded(username) }),
      ...(password !== '' && { password: decoded(password) }),
      ...(protocol === 'rediss:' && { tls: { servername: host } }),
    };
    return new QueueAddress(credentials, prefix);
  }

  /** For the client that connects, and nobody else. */
  credentials(): Credentials {
    return this.#credentials;
  }

  toString(): string {
    return this.shown;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw notAnAddress('user or password has a "%" that begins no code: write %25');
  }
}

function notAnAddress(reason: string): UserError {
  return new UserError(
    `The queue's address is not one (it is not shown, as there may be a password in it): ${reason}. ` +
      'It must be redis://host:6379, or rediss://user:password@host:6379 for an encrypted connection.',
  );
}
