import { Option } from 'commander';
import { deviceChoice } from '../learning/training/device.js';
import { oneOf } from './values.js';

/** `--device`. @param fallback what computes without it */
export function deviceOption(fallback = 'cpu'): Option {
  const choices = deviceChoice.options;
  const text = `what computes (${choices.join(', ')}; default: ${fallback})`;
  return new Option('--device <name>', text).argParser(oneOf(choices));
}
