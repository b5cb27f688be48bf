import { describe, expect, expectTypeOf, it } from 'vitest';
import { Graph } from '../../src/building/graph.js';
import { isOperator, type Operator, operators } from '../../src/operators/catalogue.js';
import { signatures } from '../../src/operators/signatures.js';
import { hasTrait, type Trait, traits, weightInputs } from '../../src/operators/traits.js';

describe('what is true of operators', () => {
  it.each(Object.entries(traits))('%s is said of operators of the catalogue, and not of all', (_, trait) => {
    const said = operators.filter((operator) => trait.has(operator));
    expect(said).toHaveLength(trait.size);
    expect(said.length).toBeGreaterThan(0);
    expect(said.length).toBeLessThan(operators.length);
  });

  it('is typed by the catalogue: a misspelt name does not compile', () => {
    expectTypeOf(traits.perSample).toExtend<Trait>();
    // @ts-expect-error "Gelu" is no operator of opset 17
    const wrong: Trait = new Set<Operator>(['Relu', 'Gelu']);
    // @ts-expect-error the name of the operator ends with "ll"
    isOperator(undefined, 'MaxPol');
    expect(wrong.size).toBe(2);
  });

  it.each(Object.entries(weightInputs))(
    'the weights of %s are at inputs that it has',
    (operator, positions) => {
      const { inputs } = signatures[operator as Operator];
      for (const position of positions) expect(inputs[position]).toBeDefined();
    },
  );

  it('is true of the standard’s operators, not of another domain’s of the same name', () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const own = graph.apply('Relu', [x]).producer;
    const foreign = graph.apply('Relu', [x], {}, { domain: 'my.domain', like: x }).producer;
    expect([own, foreign, undefined].map((node) => hasTrait(node, traits.activation))).toEqual([
      true,
      false,
      false,
    ]);
    expect([own, foreign].map((node) => isOperator(node, 'Relu'))).toEqual([true, false]);
  });
});
