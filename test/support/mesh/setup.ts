/** What all of test/mesh shares and is slow to make: two clusters, and Linkerd on them by the printed lines. */
import { removeCopies } from '../../real/dist/copy.ts';
import { atEnd } from '../at-end.ts';
import { part } from '../parts.ts';
import { bringUp, MESH_PARTS } from './clusters.ts';
import { install } from './project.ts';

/** @returns what brings all of it down again; that also happens when this process is ended by a signal */
export default function setup(): (() => void) | undefined {
  // Each file then says what is absent.
  if (!MESH_PARTS.every(part)) return undefined;
  const bringDown = bringUp();
  const end = () => {
    bringDown();
    removeCopies();
  };
  const done = atEnd(end);
  try {
    install();
  } catch (error) {
    done();
    end();
    throw error;
  }
  return () => {
    done();
    end();
  };
}
