/** Reads the Markdown files of the repository: their links, headings and commands. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..', '..');

/** Folders whose Markdown files are documentation, relative to the repository. */
const FOLDERS = ['.', 'docs', '.github', 'imports'];

export interface Page {
  /** Path relative to the repository. */
  readonly path: string;
  /** The whole text. */
  readonly text: string;
  /** The text without fenced code blocks. */
  readonly prose: string;
}

export const pages: readonly Page[] = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => {
      const path = join(folder, file);
      const text = readFileSync(join(ROOT, path), 'utf8');
      return { path, text, prose: text.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '') };
    }),
);

/** Targets of a page's links and pictures, without those in code. */
export function linksOf({ prose }: Page): string[] {
  const text = prose.replaceAll(/`[^`\n]*`/g, 'code');
  return [
    ...[...text.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)].map(([, target]) => target!),
    ...[...text.matchAll(/^\[[^\]]+\]:\s+(\S+)/gm)].map(([, target]) => target!),
    ...[...text.matchAll(/<(?:img|a|source)\b[^>]*?\b(?:src|href|srcset)="([^"]+)"/g)].map(
      ([, target]) => target!,
    ),
  ];
}

/** Anchors of a page's headings, as GitHub makes them. */
export function anchorsOf({ prose }: Page): Set<string> {
  const seen = new Map<string, number>();
  return new Set(
    [...prose.matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading]) => {
      const plain = heading!.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
      const slug = plain.replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '').replaceAll(' ', '-');
      const before = seen.get(slug) ?? 0;
      seen.set(slug, before + 1);
      return before === 0 ? slug : `${slug}-${before}`;
    }),
  );
}
