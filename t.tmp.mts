const t=performance.now();
await import('@llm/core'); console.log('core', performance.now()-t|0);
await import('@llm/data'); console.log('data', performance.now()-t|0);
await import('@llm/data/node'); console.log('data/node', performance.now()-t|0);
await import('./apps/pipeline/src/stages/data-steps.js'); console.log('steps', performance.now()-t|0);
