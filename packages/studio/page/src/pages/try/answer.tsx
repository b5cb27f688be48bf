import type { HeardSound, OfferedModel } from '../../../../src/views/try.ts';

/** With more classes, only the most probable are drawn. */
const DRAWN = 12;

/** What one model says of a sound. */
export function Answer({
  model,
  classes,
  sound,
  level,
  problem,
}: {
  readonly model: OfferedModel;
  readonly classes: readonly string[];
  /** Absent where it has not answered yet, or heard nothing. */
  readonly sound: HeardSound | undefined;
  readonly level: number | undefined;
  readonly problem: string | undefined;
}) {
  return (
    <div class="answer" data-model={model.id}>
      <h4>
        {model.label} <small class="quiet">{model.repetition}</small>
      </h4>
      {sound === undefined ? (
        <p class="quiet">{problem ?? 'One moment …'}</p>
      ) : (
        <>
          <p class="said">
            {sound.label ?? <span class="quiet">unsure</span>}
            <small>{percent(Math.max(...sound.probabilities))}</small>
          </p>
          {sound.label === undefined && level !== undefined && (
            <p class="quiet">It says something from {percent(level)} on.</p>
          )}
          <Bars classes={classes} probabilities={sound.probabilities} />
        </>
      )}
    </div>
  );
}

function Bars({
  classes,
  probabilities,
}: {
  readonly classes: readonly string[];
  readonly probabilities: readonly number[];
}) {
  const all = classes.map((name, index) => ({ name, share: probabilities[index] ?? 0 }));
  const drawn = all.length <= DRAWN ? all : all.toSorted((a, b) => b.share - a.share).slice(0, DRAWN);
  const highest = Math.max(...probabilities);
  return (
    <ul class="probabilities">
      {drawn.map(({ name, share }) => (
        <li key={name} class={share === highest ? 'highest' : undefined}>
          <span class="name">{name}</span>
          <span class="bar" aria-hidden="true" style={{ '--part': share }} />
          <span class="share">{percent(share)}</span>
        </li>
      ))}
    </ul>
  );
}

/** `98 %`; what is nearly certain, or nearly impossible, is not rounded to it. */
export function percent(share: number): string {
  const whole = Math.round(100 * share);
  if (share < 1 && whole === 100) return '> 99%';
  return share > 0 && whole === 0 ? '< 1%' : `${whole}%`;
}
