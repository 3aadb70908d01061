declare module "lz4js" {
  export function compress(bytes: Uint8Array): Uint8Array;
  const lz4: { compress: typeof compress };
  export default lz4;
}
