/** The columns of a Parquet schema that hold values, with their highest levels (nesting as Dremel has it). */
import type { FileMetaData } from 'hyparquet';

export interface LeafColumn {
  readonly path: readonly string[];
  /** Lists around it. */
  readonly repetitionLevel: number;
  /** Places on its path where something can be missing. */
  readonly definitionLevel: number;
}

const deepestColumn = 100;

/** In the order of the row groups' columns. The schema is a tree in depth-first order, its root first. */
export function leafColumns({ schema }: FileMetaData): LeafColumn[] {
  const leaves: LeafColumn[] = [];
  let next = 1;
  const visit = (parent: LeafColumn, children: number): void => {
    for (let child = 0; child < children; child++) {
      const element = schema[next++];
      if (element === undefined || parent.path.length > deepestColumn)
        throw new Error('its schema is no tree');
      const { name, repetition_type: repetition } = element;
      const own = {
        path: [...parent.path, name],
        repetitionLevel: parent.repetitionLevel + Number(repetition === 'REPEATED'),
        definitionLevel: parent.definitionLevel + Number(repetition !== 'REQUIRED'),
      };
      if (element.num_children) visit(own, element.num_children);
      else leaves.push(own);
    }
  };
  const isList = schema[0]?.repetition_type === 'REPEATED';
  visit({ path: [], repetitionLevel: Number(isList), definitionLevel: 0 }, schema[0]?.num_children ?? 0);
  return leaves;
}
