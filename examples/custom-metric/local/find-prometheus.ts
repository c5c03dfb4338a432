import * as fs from 'fs';
import * as path from 'path';
import { engineFolder } from '../../../scripts/engines';
import { StartError } from './start-error';

/**
 * The Prometheus to start. One on the PATH comes first, since a published one brings its web pages; the one that
 * `npm run engines` builds from source has only the API.
 */
export function findPrometheus(given: string | undefined, env: NodeJS.ProcessEnv): string {
  if (given !== undefined) {
    if (isProgram(given)) return path.resolve(given);
    throw new StartError(`--prometheus is '${given}', expected a program: there is none at this place`);
  }
  const folders = (env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const candidates = [...folders, path.join(engineFolder(env), 'bin')].map((folder) => path.join(folder, 'prometheus'));
  const found = candidates.find(isProgram);
  if (found !== undefined) return found;
  throw new StartError(
    'no Prometheus on the PATH nor in the cache of engines: get one with `npm run engines prometheus` (needs Go), ' +
      "or unpack a release of Prometheus and name it with '--prometheus FILE'; with Docker, `docker compose up` here",
  );
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
