import { packGenuineEncoding } from './pack-encoding.js';

export const encodingAsset: string = packGenuineEncoding('r50k_base');
