export type { Checkpoint, SaveCheckpointOptions } from './checkpoint/checkpoint.js';
export { hasCheckpoint, loadCheckpoint, recordHeldOutLoss, saveCheckpoint } from './checkpoint/checkpoint.js';
export type { CheckpointHooksOptions } from './checkpoint-hooks.js';
export { checkpointHooks } from './checkpoint-hooks.js';
export type { Llama3RotaryScaling, ModelConfig, ModelConfigOptions } from './config/model-config.js';
export { createModelConfig, nanochatStyle } from './config/model-config.js';
export type { DocumentScore, ScoreOptions } from './evaluation/bits-per-byte.js';
export { bitsPerByte, findBosToken, scoreDocuments } from './evaluation/bits-per-byte.js';
export type { EvaluateOptions, ItemOutcome } from './evaluation/evaluate.js';
export { evaluate } from './evaluation/evaluate.js';
export type { EvaluationReport, Measure } from './evaluation/evaluation-report.js';
export type {
  ChoiceItem,
  ContinuationItem,
  DocumentItem,
  EvaluationItem,
  EvaluationTask,
  GenerationItem,
} from './evaluation/evaluation-task.js';
export { RowReader } from './evaluation/row-reader.js';
export { centredAccuracy } from './evaluation/tally.js';
export { arc } from './evaluation/tasks/arc.js';
export { blimp } from './evaluation/tasks/blimp.js';
export { gsm8k } from './evaluation/tasks/gsm8k.js';
export { heldOutText } from './evaluation/tasks/held-out-text.js';
export { hellaSwag } from './evaluation/tasks/hellaswag.js';
export { lambada } from './evaluation/tasks/lambada.js';
export { mmlu } from './evaluation/tasks/mmlu.js';
export type { GgufDtype } from './export/gguf/gguf-tensor.js';
export type { GgufTokenizer } from './export/gguf/gguf-tokenizer.js';
export type { GgufOptions } from './export/gguf/write-gguf.js';
export { ggufParts, writeGguf } from './export/gguf/write-gguf.js';
export type { ExportOnnxOptions, OnnxDtype } from './export/onnx/export-onnx.js';
export { exportOnnx } from './export/onnx/export-onnx.js';
export type { BatchFeed, BatchFeedOptions, FeedBatch, FeedPosition } from './feed/batch-feed.js';
export { PackedBatchFeed } from './feed/batch-feed.js';
export type { RowPackerOptions } from './feed/row-packer.js';
export type { TokenDocuments } from './feed/token-documents.js';
export { documentsInMemory } from './feed/token-documents.js';
export type { TransformerGenerateOptions } from './generation/generate.js';
export type { GenerateTextOptions, TextPiece } from './generation/generate-text.js';
export { generateText } from './generation/generate-text.js';
export type { SamplingOptions } from './generation/sample-token.js';
export { sampleToken } from './generation/sample-token.js';
export type { SpecialTokenIds } from './hugging-face/config.js';
export { fromHuggingFaceConfig, huggingFaceFamily, toHuggingFaceConfig } from './hugging-face/config.js';
export type { ExportOptions } from './hugging-face/export-model.js';
export { exportHuggingFace } from './hugging-face/export-model.js';
export type { ImportedModel } from './hugging-face/import-model.js';
export { importHuggingFace } from './hugging-face/import-model.js';
export type { LearningRateSchedule } from './learning-rate-schedule.js';
export { learningRateAt } from './learning-rate-schedule.js';
export type { AdamWOptions, ParameterGroup, ParameterGroups } from './optimizers/adamw.js';
export { adamW } from './optimizers/adamw.js';
export type { MuonOptions } from './optimizers/muon.js';
export { muon } from './optimizers/muon.js';
export type { Optimizer, OptimizerBuild, ParameterUpdate } from './optimizers/optimizer.js';
export type { PretrainDocuments, PretrainFeed, PretrainOptions, PretrainReport } from './pretrain.js';
export { pretrain } from './pretrain.js';
export { splitBatch } from './split-batch.js';
export type { MemoryOption } from './training/memory.js';
export { negativeLogLikelihood } from './training/negative-log-likelihood.js';
export type { Transformer, TransformerOptions } from './transformer.js';
export { createTransformer } from './transformer.js';
export { initialParameters } from './weights/initial-parameters.js';
export type { LoraConfig, LoraTarget } from './weights/lora.js';
export { loadLora, loraLayout, mergeLora, saveLora } from './weights/lora.js';
export type { ParameterLayout, ParameterRole } from './weights/parameter-layout.js';
export { parameterCount, parameterLayout } from './weights/parameter-layout.js';
export type { SafetensorsEntry, SafetensorsHeader } from './weights/safetensors.js';
export { readSafetensors, readSafetensorsHeader, writeSafetensors } from './weights/safetensors.js';
