import type { Change } from '../../../../src/views/layers.ts';

/** A change with its interval, or that there is none to be seen. */
export function ChangeCell({ change, unit }: { readonly change: Change | undefined; readonly unit: string }) {
  if (change === undefined) return <td class="quiet">–</td>;
  const { text, n, isShown } = change;
  const pairs = `${n} ${n === 1 ? 'pair' : 'pairs'}`;
  return (
    <td title={`${text} ${unit}, ${pairs}`}>
      {isShown === false && <b class="unshown">not shown</b>} {text}
      {isShown === undefined && <small class="quiet"> {pairs}, no interval</small>}
    </td>
  );
}
