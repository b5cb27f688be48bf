import { methodColours } from 'antitransfer/charts';
import type { LayerNetwork, LayersView } from '../../../../src/views/layers.ts';

/** A network as charts and tables show it. */
export interface ShownNetwork extends LayerNetwork {
  readonly colour: string;
  /** Drawn with dashes: a control, or the first weights. */
  readonly dashed: boolean;
}

/** What is known of the layers, of the networks that are shown. */
export interface ShownLayers extends LayersView {
  readonly networks: readonly ShownNetwork[];
}

/** Networks with the report's colours. */
export function shownNetworks(networks: readonly LayerNetwork[]): ShownNetwork[] {
  const colours = methodColours(networks.flatMap(({ id }) => (id === null ? [] : { id })));
  return networks.map((network) => ({
    ...network,
    colour: (network.id !== null && colours.get(network.id)) || 'var(--quiet)',
    dashed: network.control || network.id === null,
  }));
}
