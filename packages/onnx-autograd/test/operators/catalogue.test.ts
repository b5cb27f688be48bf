import { describe, expect, it } from 'vitest';
import { Graph } from '../../src/building/graph.js';
import { factsOf, hasTrait, isOperator, operators } from '../../src/operators/catalogue.js';
import { operator, type Trait } from '../../src/operators/facts.js';
import { type Slot, wide } from '../../src/operators/slots.js';
import { arrayTypes } from '../../src/tensor.js';

const traits: readonly Trait[] = ['layoutOnly', 'passesOn', 'activation', 'perSample', 'product'];

describe('what is true of operators', () => {
  it.each(traits)('%s is said of some, and not of all', (trait) => {
    const said = operators.filter((name) => factsOf(name).traits.has(trait));
    expect(said.length).toBeGreaterThan(0);
    expect(said.length).toBeLessThan(operators.length);
  });

  it.each(operators)(
    '%s: weights and required attributes are among what it has; several stand last',
    (name) => {
      const { inputs, outputs, weights, attributes, required } = factsOf(name);
      for (const position of weights) expect(inputs[position]).toBeDefined();
      for (const attribute of required) expect(attributes).toContain(attribute);
      for (const slots of [inputs, outputs]) {
        expect(slots.slice(0, -1).filter(({ count }) => count === 'several')).toEqual([]);
        for (const { type } of slots)
          expect(Object.keys(arrayTypes)).toEqual(expect.arrayContaining([...type.allowed]));
      }
    },
  );

  it('is typed: a misspelt operator, attribute, trait or type does not compile', () => {
    // @ts-expect-error the name of the operator ends with "ool"
    isOperator(undefined, 'MaxPol');
    // @ts-expect-error no operator has such an attribute
    operator([wide], [wide], { attributes: ['kernelshape'] });
    // @ts-expect-error nor may one be asked for
    operator([wide], [wide], { required: ['kernel_shapes'] });
    // @ts-expect-error it is called perSample
    operator([wide], [wide], { traits: ['perSamples'] });
    // @ts-expect-error an input is a slot, not its name
    operator(['wide'], [wide]);
    // @ts-expect-error there is no such element type
    const slot: Slot = { type: { allowed: ['float23'] }, count: 'one' };
    // @ts-expect-error nor such a count
    const many: Slot = { type: wide.type, count: 'many' };
    expect([slot.type.allowed, many.type]).toEqual([['float23'], wide.type]);
  });

  it('is true of the standard’s operators, not of another domain’s of the same name', () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const own = graph.apply('Relu', [x]).producer;
    const foreign = graph.apply('Relu', [x], {}, { domain: 'my.domain', like: x }).producer;
    expect([own, foreign, undefined].map((node) => hasTrait(node, 'activation'))).toEqual([
      true,
      false,
      false,
    ]);
    expect([own, foreign].map((node) => isOperator(node, 'Relu'))).toEqual([true, false]);
  });

  it('is not true of what every object has', () => {
    for (const name of ['constructor', 'toString', '__proto__']) {
      expect(hasTrait({ operator: name, domain: '' }, 'activation')).toBe(false);
    }
  });
});
