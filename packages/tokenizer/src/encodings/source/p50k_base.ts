import { packGenuineEncoding } from './pack-encoding.js';

export const encodingAsset: string = packGenuineEncoding('p50k_base');
