import type { Command } from 'commander';
import { UserError } from '../../errors.js';
import { addExamples } from '../examples.js';

/** The package that is the studio: it builds on this one, and is named here as what may be installed beside it. */
const PACKAGE = 'antitransfer-studio';

interface StudioPackage {
  readonly defineStudio: (command: Command) => void;
}

/** `antitransfer studio [FOLDER…]` */
export async function loadStudio(): Promise<(command: Command) => void> {
  const studio = await import(PACKAGE).then(
    (loaded: StudioPackage) => loaded,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_MODULE_NOT_FOUND' && error.message.includes(PACKAGE)) return undefined;
      throw error;
    },
  );
  return (command) => {
    if (studio === undefined) {
      command.argument('[folders...]').action(() => {
        throw new UserError(`The studio is a package of its own. Install it with "npm install ${PACKAGE}".`);
      });
      return;
    }
    studio.defineStudio(command);
    addExamples(command, [
      ['studio', 'all that is below "runs"'],
      ['studio runs/demo --port 8080', 'one comparison, at an address that stays'],
    ]);
  };
}
