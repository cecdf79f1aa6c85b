export const blockModelWeights = '';
