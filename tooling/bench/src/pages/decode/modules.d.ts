declare module '*?url' {
  const address: string;
  // biome-ignore lint/style/noDefaultExport: how the bundler exports an asset's address
  export default address;
}
