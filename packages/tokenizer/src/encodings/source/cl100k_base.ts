import { packGenuineEncoding } from './pack-encoding.js';

export const encodingAsset: string = packGenuineEncoding('cl100k_base');
