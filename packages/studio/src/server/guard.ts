import { timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

/** Whom the studio answers. */
export interface GuardOptions {
  readonly port: number;
  /** Random; whoever knows it is the user who started the studio. */
  readonly token: string;
}

/**
 * What a page may do: load what the studio serves, and nothing from anywhere else. Charts carry style attributes of their own;
 * scripts and style sheets are files.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Lets through what the user's own page asks, and nobody else: a foreign site may not be answered under a name that it made point
 * here (Host), may not ask from its own page (Origin, Sec-Fetch-Site), and another user of this machine does not know the token.
 */
export function guard({ port, token }: GuardOptions): MiddlewareHandler {
  const cookie = cookieName(port);
  return async (context, next) => {
    headers(context);
    if (!isLoopback(context.req.header('host'), port)) return context.text('This host is not served.', 403);
    if (!isOwnOrigin(context, port)) return context.text('Other sites are not answered.', 403);
    const given = new URL(context.req.url).searchParams.get('token');
    if (context.req.path === '/' && given !== null && isSame(given, token)) {
      setCookie(context, cookie, token, { httpOnly: true, sameSite: 'Strict', path: '/' });
      // The token leaves the address, and with it the history.
      return context.redirect('/', 303);
    }
    if (!isSame(getCookie(context, cookie) ?? '', token)) {
      return context.text(
        'Open the address that "antitransfer studio" has printed: it holds the token.',
        401,
      );
    }
    return next();
  };
}

/** Cookies are shared by all ports of a host: two studios must not overwrite each other's. */
function cookieName(port: number): string {
  return `antitransfer-studio-${port}`;
}

function headers(context: Context): void {
  context.header('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  context.header('X-Content-Type-Options', 'nosniff');
  context.header('X-Frame-Options', 'DENY');
  context.header('Referrer-Policy', 'no-referrer');
  context.header('Cross-Origin-Resource-Policy', 'same-origin');
  context.header('Cross-Origin-Opener-Policy', 'same-origin');
  context.header('Cache-Control', 'no-store');
}

function loopbackHosts(port: number): readonly string[] {
  return ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`);
}

function isLoopback(host: string | undefined, port: number): boolean {
  return host !== undefined && loopbackHosts(port).includes(host.toLowerCase());
}

/** A browser says whose page asks; what changes something must say so, and nobody else's may. */
function isOwnOrigin({ req }: Context, port: number): boolean {
  const site = req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const origin = req.header('origin');
  if (origin === undefined) return req.method === 'GET' || req.method === 'HEAD';
  return loopbackHosts(port).some((host) => origin === `http://${host}`);
}

function isSame(given: string, token: string): boolean {
  const [first, second] = [Buffer.from(given), Buffer.from(token)];
  return first.length === second.length && timingSafeEqual(first, second);
}
