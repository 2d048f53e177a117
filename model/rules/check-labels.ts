import { type Place, refuse, shown } from '../checks.ts';
import { isNamePart, isQualifiedName } from './qualified-name.ts';

export const NOT_LABELS = "is not an object; use for example { release: 'monitoring' }";

export type Labels = Readonly<Record<string, string>>;

/**
 * Labels as Kubernetes takes them.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export function checkLabels(place: Place, labels: Labels = {}, notLabels = NOT_LABELS): void {
  checkKeys(place, labels, 'label', notLabels);
  for (const value of Object.values(labels)) checkLabelValue(place, value);
}

/** Annotations as Kubernetes takes them: their values may be any text. */
export function checkAnnotations(place: Place, annotations: Labels = {}): void {
  checkKeys(place, annotations, 'annotation', NOT_LABELS);
  for (const [key, value] of Object.entries(annotations)) {
    if (typeof value !== 'string')
      refuse(place, `${shown(value)} of ${shown(key)} is not a text; write it in quotes`);
  }
}

export function checkLabelValue(place: Place, value: string): void {
  if (value !== '' && !isNamePart(value))
    refuse(
      place,
      `${shown(value)} is not the value of a label; use at most 63 letters, digits, '-', '_' and '.'`,
    );
}

export function checkLabelName(place: Place, key: string, kind = 'label'): void {
  if (!isQualifiedName(key))
    refuse(
      place,
      `${shown(key)} is not the name of ${kind === 'annotation' ? 'an' : 'a'} ${kind}; use for example release`,
    );
}

function checkKeys(place: Place, labels: Labels, kind: 'label' | 'annotation', notLabels: string): void {
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels))
    refuse(place, `${shown(labels)} ${notLabels}`);
  for (const key of Object.keys(labels)) checkLabelName(place, key, kind);
}
