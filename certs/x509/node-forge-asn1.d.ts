/** `@types/node-forge` describes the package as a whole, and not its files. */
declare module 'node-forge/lib/asn1.js' {
  import { asn1 } from 'node-forge';
  export default asn1;
}
