import { existsSync } from 'node:fs';
import path from 'node:path';

function above(folder: string): string {
  return existsSync(path.join(folder, 'package.json')) ? folder : above(path.dirname(folder));
}

/** The folder of package.json: views/ and public/ lie beside it, whether the code runs from src/ or from dist/src/. */
export const packageRoot = above(import.meta.dirname);
