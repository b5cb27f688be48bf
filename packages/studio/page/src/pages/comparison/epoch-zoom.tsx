import { useId } from 'preact/hooks';
import { setQuery } from '../../address.ts';
import type { EpochRange } from './lines-of.ts';

/** Which epochs are shown: it stands in the address, so that nothing that comes in moves it. */
export function EpochZoom({ range, epochs }: { readonly range: EpochRange; readonly epochs: number }) {
  const isWhole = range.from === 1 && range.to === epochs;
  const name = useId();
  return (
    // A legend of a row stands above it in WebKit.
    <fieldset class="zoom" aria-labelledby={name}>
      <span id={name}>Epochs</span>
      <Epoch name="from" value={range.from} least={1} most={range.to - 1} />
      <Epoch name="to" value={range.to} least={range.from + 1} most={epochs} />
      <button type="button" disabled={isWhole} onClick={() => setQuery({ from: '', to: '' })}>
        All
      </button>
    </fieldset>
  );
}

function Epoch({
  name,
  value,
  least,
  most,
}: {
  readonly name: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
}) {
  return (
    <label>
      {name}{' '}
      <input
        type="number"
        min={least}
        max={most}
        value={value}
        onChange={({ currentTarget }) => setQuery({ [name]: currentTarget.value })}
      />
    </label>
  );
}
