/** Commands as messages and steps name them: for the folder in use, so that a copied line acts on no other. */
import { resolve } from 'node:path';
import { ISSUED } from '../certs/store/folder.ts';
import { shellWord, shownPath } from './shown-path.ts';

const line = (command: string, folder: string, words = '') => {
  const option = resolve(folder) === ISSUED ? '' : `--folder ${shellWord(shownPath(folder))}`;
  const rest = [words, option].filter(Boolean).join(' ');
  return rest ? `${command} -- ${rest}` : command;
};

/** `npm run certs` with the words of one of its commands. @param words - @default - those of no command: it mints */
export const certsLine = (folder: string, words?: string) => line('npm run certs', folder, words);

/** Writes what a secret manager has to hold. */
export const exportLine = (folder: string) => certsLine(folder, 'export');

export const synthLine = (folder: string) => line('npm run synth', folder);

export const doctorLine = (folder: string) => line('npm run doctor', folder);
