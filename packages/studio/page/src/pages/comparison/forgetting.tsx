import type { AnswerView } from '../../../../src/views/answer.ts';
import { Strip } from './strip.tsx';

/** What networks still know of what they were to forget. */
export function Forgetting({
  answer: { strips },
  hidden,
}: {
  readonly answer: AnswerView;
  readonly hidden: ReadonlySet<string>;
}) {
  return (
    <section aria-labelledby="forgetting">
      <h2 id="forgetting">Did it forget?</h2>
      <p class="lead">
        Further left: a label is read less well by its probe, and the network is less like the network of that
        label. Objectives called CKA push the likeness down themselves, so only the probe is independent
        evidence of them.
      </p>
      {strips.tasks.map(({ name, probe, likeness }) => (
        <div key={name}>
          <Strip figure={probe} hidden={hidden} />
          <Strip figure={likeness} hidden={hidden} />
        </div>
      ))}
    </section>
  );
}
