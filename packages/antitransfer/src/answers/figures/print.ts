import { UserError } from '../../errors.js';

/** Dots of a PNG a pixel of the drawing: sharp in print. */
const SCALE = 3;
/** CSS pixels are of 1/96 inch, PDF's points of 1/72. */
const POINTS = 72 / 96;

/**
 * An SVG file as PNG, three dots a pixel.
 *
 * @throws UserError when the package that draws it is not installed, or there is no font
 */
export async function pngOf(svg: string): Promise<Uint8Array> {
  const drawing = await drawingOf(svg, 'PNG');
  return drawing.render().asPng();
}

/**
 * An SVG file as PDF: vectors, its words as outlines, so that they look the same everywhere.
 *
 * @throws UserError when the packages that write it are not installed, or there is no font
 */
export async function pdfOf(svg: string): Promise<Uint8Array> {
  const drawing = await drawingOf(svg, 'PDF');
  const [{ default: Document }, { default: draw }] = await Promise.all([
    library('PDF', () => import('pdfkit')),
    library('PDF', () => import('svg-to-pdfkit')),
  ]);
  const [width, height] = [drawing.width * POINTS, drawing.height * POINTS];
  const document = new Document({ size: [width, height], margin: 0 });
  const parts: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (part: Uint8Array) => parts.push(part));
    document.on('end', resolve);
    document.on('error', reject);
  });
  draw(document, drawing.toString(), 0, 0, { width, height });
  document.end();
  await ended;
  return Buffer.concat(parts);
}

/** Without a font words are left out, and nothing is said: a letter is tried first. */
async function drawingOf(svg: string, format: string) {
  const { Resvg } = await library(format, () => import('@resvg/resvg-js'));
  const font = { loadSystemFonts: true, defaultFontFamily: 'DejaVu Sans' };
  const sample = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><text y="15">A</text></svg>';
  if (new Resvg(sample, { font }).getBBox() === undefined) {
    throw new UserError(
      `There is no font on this machine, so a ${format} would have no words. Install one (Debian: fonts-dejavu-core), or write SVG.`,
    );
  }
  return new Resvg(svg, {
    font,
    fitTo: format === 'PNG' ? { mode: 'zoom', value: SCALE } : { mode: 'original' },
  });
}

/** What is loaded only where it is asked for, and need not be installed. */
async function library<Module>(format: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const packages = format === 'PNG' ? '@resvg/resvg-js' : '@resvg/resvg-js, pdfkit and svg-to-pdfkit';
    const install = packages.replace(/,| and/g, '');
    throw new UserError(
      `${format} is written by ${packages}, which are not installed with antitransfer, or do not run here: "npm install ${install}". SVG needs nothing.`,
      { cause: error },
    );
  }
}
