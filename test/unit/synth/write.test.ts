import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { removeFormerPicture, removeOtherFolders, writeFolder } from '../../../synth/write.ts';

/** A folder with these empty files, removed when the test ends. */
function folderWith(...files: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'write-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), '');
  }
  return folder;
}

const mode = (path: string) => statSync(path).mode & 0o777;
const longAgo = new Date('2020-01-01');

describe('a folder of manifests', () => {
  it('is made with all its files and nothing else', () => {
    const folder = join(folderWith(), 'dist', 'vm-a');
    writeFolder(
      folder,
      new Map([
        ['a.k8s.yaml', { text: 'a' }],
        ['b.k8s.yaml', { text: 'b' }],
      ]),
    );
    expect(readdirSync(folder).sort()).toEqual(['a.k8s.yaml', 'b.k8s.yaml']);
    expect(readFileSync(join(folder, 'b.k8s.yaml'), 'utf8')).toBe('b');
  });

  it('loses manifests that nothing makes any more, and keeps what is no manifest', () => {
    const folder = folderWith('old.k8s.yaml', 'kustomization.yaml', 'README.md');
    writeFolder(folder, new Map([['a.k8s.yaml', { text: 'a' }]]));
    expect(readdirSync(folder).sort()).toEqual(['README.md', 'a.k8s.yaml', 'kustomization.yaml']);
  });

  it('loses a Kustomization that lists nothing any more, and its folder', () => {
    const folder = folderWith('Kustomization', 'monitoring/Kustomization', 'monitoring/alerts.k8s.yaml');
    writeFolder(
      folder,
      new Map([
        ['a.k8s.yaml', { text: 'a' }],
        ['Kustomization', { text: 'k' }],
      ]),
    );
    expect(readdirSync(folder).sort()).toEqual(['Kustomization', 'a.k8s.yaml']);
  });

  it('keeps an unchanged file untouched, and replaces a changed one as a whole', () => {
    const folder = folderWith('same.k8s.yaml', 'other.k8s.yaml');
    const paths = ['same.k8s.yaml', 'other.k8s.yaml'].map((name) => join(folder, name));
    for (const path of paths) utimesSync(path, longAgo, longAgo);
    const before = paths.map((path) => statSync(path).ino);
    writeFolder(
      folder,
      new Map([
        ['same.k8s.yaml', { text: '' }],
        ['other.k8s.yaml', { text: 'new' }],
      ]),
    );
    const after = paths.map((path) => statSync(path));
    expect(after.map(({ mtimeMs }) => mtimeMs === longAgo.getTime())).toEqual([true, false]);
    // Another inode: a reader sees the old file or the new one, never half of either.
    expect(after.map(({ ino }, i) => ino === before[i])).toEqual([true, false]);
  });

  it.each([
    ['new', undefined],
    ['unchanged', 'secret'],
    ['changed', 'old secret'],
  ])('has a %s secret readable by its owner alone, whatever its mode was', (_, old) => {
    const folder = folderWith();
    const path = join(folder, 'secrets.k8s.yaml');
    if (old !== undefined) {
      writeFileSync(path, old);
      chmodSync(path, 0o644);
    }
    writeFolder(folder, new Map([['secrets.k8s.yaml', { text: 'secret', mode: 0o600 }]]));
    expect(readFileSync(path, 'utf8')).toBe('secret');
    expect(mode(path)).toBe(0o600);
  });

  it('has what is for monitoring in a folder of its own, which goes when it is empty', () => {
    const folder = folderWith('monitoring/old.k8s.yaml', 'monitoring/certificates.k8s.yaml');
    writeFolder(
      folder,
      new Map([
        ['a.k8s.yaml', { text: 'a' }],
        ['monitoring/alerts.k8s.yaml', { text: 'alerts' }],
      ]),
    );
    expect(readdirSync(folder).sort()).toEqual(['a.k8s.yaml', 'monitoring']);
    expect(readdirSync(join(folder, 'monitoring'))).toEqual(['alerts.k8s.yaml']);
    writeFolder(folder, new Map([['a.k8s.yaml', { text: 'a' }]]));
    expect(readdirSync(folder)).toEqual(['a.k8s.yaml']);
  });

  it('leaves what somebody else has put beside the monitoring', () => {
    const folder = folderWith('monitoring/alerts.k8s.yaml', 'monitoring/notes.txt', 'other/mine.k8s.yaml');
    writeFolder(folder, new Map([['a.k8s.yaml', { text: 'a' }]]));
    expect(readdirSync(join(folder, 'monitoring'))).toEqual(['notes.txt']);
    expect(readdirSync(join(folder, 'other'))).toEqual(['mine.k8s.yaml']);
  });

  it('leaves no part of a file behind when writing it fails', () => {
    const folder = folderWith('a.k8s.yaml/in-the-way');
    expect(() => writeFolder(folder, new Map([['a.k8s.yaml', { text: 'a' }]]))).toThrow();
    expect(readdirSync(folder).sort()).toEqual(['a.k8s.yaml']);
  });
});

describe('folders of clusters that are gone', () => {
  it('are removed, with their Secrets and monitoring', () => {
    const output = folderWith(
      'vm-a/namespace.k8s.yaml',
      'old/namespace.k8s.yaml',
      'old/secrets.k8s.yaml',
      'old/Kustomization',
      'old/monitoring/servers.k8s.yaml',
    );
    removeOtherFolders(output, new Set(['vm-a']));
    expect(readdirSync(output).sort()).toEqual(['vm-a']);
  });

  it.each([
    ['without a namespace', 'src/deployment.k8s.yaml'],
    ['with a note', 'old/namespace.k8s.yaml', 'old/README.md'],
    ['with another folder', 'old/namespace.k8s.yaml', 'old/photos/cat.k8s.yaml'],
    ['with a hidden file', 'old/namespace.k8s.yaml', 'old/.git/HEAD'],
    ['with something else for monitoring', 'old/namespace.k8s.yaml', 'old/monitoring/notes.txt'],
  ])('are not told from those of the user: one %s stays', (_, ...files) => {
    const output = folderWith(...files);
    removeOtherFolders(output, new Set(['vm-a']));
    expect(files.filter((file) => !existsSync(join(output, file)))).toEqual([]);
  });

  it('leave files and links beside them alone', () => {
    const target = folderWith('namespace.k8s.yaml');
    const output = folderWith('notes.txt');
    symlinkSync(target, join(output, 'link'));
    removeOtherFolders(output, new Set());
    expect(readdirSync(output).sort()).toEqual(['link', 'notes.txt']);
    expect(readdirSync(target)).toEqual(['namespace.k8s.yaml']);
  });
});

describe('the HTML page of earlier versions', () => {
  const page = (text: string) => {
    const output = folderWith('topology.html');
    writeFileSync(join(output, 'topology.html'), text);
    removeFormerPicture(output);
    return existsSync(join(output, 'topology.html'));
  };

  it('is removed', () => {
    expect(page('<!doctype html>\n<title>Who may talk to whom</title>')).toBe(false);
  });

  it('stays where it is of the user', () => {
    expect(page('<!doctype html>\n<title>Our network</title>')).toBe(true);
    const output = folderWith('topology.html/index.html');
    removeFormerPicture(output);
    expect(readdirSync(output)).toEqual(['topology.html']);
  });

  it('need not be there', () => {
    expect(() => removeFormerPicture(folderWith())).not.toThrow();
  });
});
