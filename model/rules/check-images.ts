import { checkImage, checkList, type Place, refuse, shown } from '../checks.ts';
import type { Images } from '../images.ts';
import { isSubdomain } from './qualified-name.ts';

export const NOT_A_REGISTRY =
  'is not a registry; use a host with a port and a path if it has them, such as registry.example.com/mirror';
export const NOT_A_SECRET = "is not the name of a Secret; use lower-case letters, digits, '-' and '.'";

/** The images of a topology or construct. */
export function checkImages(within: (property: string) => Place, images: Images = {}): Images {
  const { registry, pullSecrets = [], natsServer, natsBox, reloader, exporter } = images;
  if (registry !== undefined && !REGISTRY.test(registry))
    refuse(within('registry'), `${shown(registry)} ${NOT_A_REGISTRY}`);
  checkList(within('pullSecrets'), pullSecrets, "['registry']");
  for (const [i, name] of pullSecrets.entries()) {
    if (!isSubdomain(name)) refuse(within(`pullSecrets[${i}]`), `${shown(name)} ${NOT_A_SECRET}`);
    if (pullSecrets.indexOf(name) < i)
      refuse(within(`pullSecrets[${i}]`), `${shown(name)} is there twice; name each Secret once`);
  }
  for (const [property, image] of Object.entries({ natsServer, natsBox, reloader, exporter })) {
    if (image !== undefined) checkImage(within(property), image);
  }
  return images;
}

/** No scheme before it, and no slash after it. */
const REGISTRY = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;
