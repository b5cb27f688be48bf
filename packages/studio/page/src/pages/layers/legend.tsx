import type { ShownNetwork } from './networks.ts';

/** Whose line is whose. */
export function Legend({ networks }: { readonly networks: readonly ShownNetwork[] }) {
  return (
    <ul class="legend">
      {networks.map(({ id, label, colour, dashed }) => (
        <li key={id ?? ''}>
          <svg viewBox="0 0 26 8" aria-hidden="true" style={{ color: colour }}>
            <path d="M0 4H26" {...(dashed && { 'stroke-dasharray': '5 4' })} />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}
