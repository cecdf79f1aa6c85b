import { packGenuineEncoding } from './pack-encoding.js';

export const encodingAsset: string = packGenuineEncoding('o200k_base');
