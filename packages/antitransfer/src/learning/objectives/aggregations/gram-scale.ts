/** The official code divides Gram matrices by it. */
export const gramScale = 0.001;
