/** The built vocabulary modules: `dist/encodings/NAME.js`, or on sources the generator in `source/`. */
declare module '#encodings/*' {
  export const encodingAsset: string;
}
