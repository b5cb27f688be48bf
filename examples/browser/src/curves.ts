import { type Curve, drawChart } from './chart.js';
import { atMostEvery } from './slices.js';
import type { Progress } from './training.js';

type Point = [step: number, value: number];

/** How much of the past is in each value of the smooth curve. */
const memory = 0.85;

/** The curves of a training. They are drawn ten times a second at most, however many steps it takes meanwhile. */
export class Curves {
  readonly #charts: { readonly loss: Element; readonly accuracy: Element };
  #losses: Point[] = [];
  #smooth: Point[] = [];
  #accuracies: Point[] = [];
  #sum = { total: 0, weight: 0 };
  #highest = 0;

  constructor(charts: { readonly loss: Element; readonly accuracy: Element }) {
    this.#charts = charts;
  }

  add({ step, loss, accuracy }: Progress): void {
    this.#losses.push([step, loss]);
    this.#sum = { total: memory * this.#sum.total + loss, weight: memory * this.#sum.weight + 1 };
    this.#smooth.push([step, this.#sum.total / this.#sum.weight]);
    this.#highest = Math.max(this.#highest, loss);
    if (accuracy !== undefined) this.#accuracies.push([step, accuracy]);
    this.draw();
  }

  clear(): void {
    [this.#losses, this.#smooth, this.#accuracies] = [[], [], []];
    this.#sum = { total: 0, weight: 0 };
    this.#highest = 0;
    this.draw();
  }

  readonly draw = atMostEvery(100, () => {
    const top = Math.min(4, 1.02 * Math.max(2, this.#highest));
    const curves: Curve[] = [{ points: this.#losses, faint: true }, { points: this.#smooth }];
    drawChart(this.#charts.loss, curves, top, (value) => value.toFixed(1));
    const accuracy: Curve[] = [{ points: this.#accuracies }];
    drawChart(this.#charts.accuracy, accuracy, 1, (value) => `${Math.round(100 * value)}%`);
  });
}
