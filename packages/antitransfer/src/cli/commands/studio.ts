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
      if (isNotInstalled(error)) return undefined;
      throw error;
    },
  );
  return (command) => {
    if (studio === undefined) {
      defineAbsent(command);
      return;
    }
    studio.defineStudio(command);
    addExamples(command, [
      ['studio', 'all that is below "runs"'],
      ['studio runs/demo --port 8080', 'one comparison, at an address that stays'],
    ]);
  };
}

/** Whether it is the studio that is not there: of a package that it lacks, the error names the studio too, as who asks. */
export function isNotInstalled({ code, message }: NodeJS.ErrnoException): boolean {
  return code === 'ERR_MODULE_NOT_FOUND' && message.startsWith(`Cannot find package '${PACKAGE}'`);
}

/** Says how the studio is installed, whatever it was asked: its options are known to it alone. */
export function defineAbsent(command: Command): void {
  command
    .argument('[folders...]')
    .allowUnknownOption()
    .action(() => {
      throw new UserError(`The studio is a package of its own. Install it with "npm install ${PACKAGE}".`);
    });
}
