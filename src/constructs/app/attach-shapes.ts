import type { ShapeOf } from '../objects';
import { monitoring, processes, textMap } from './app-shapes';
import type { AttachProps, ExistingPods, ServiceElsewhere } from './attach-props';
import { portNumberRule } from './ports';

const existingPods: ShapeOf<ExistingPods> = {
  labels: textMap,
  ports: { map: portNumberRule },
  madeBy: 'anything',
  namespace: 'text',
};

export const serviceElsewhereShape: ShapeOf<ServiceElsewhere> = {
  name: 'text',
  namespace: 'text',
  labels: textMap,
  ports: { map: portNumberRule },
};

export const attachShape: ShapeOf<AttachProps> = {
  ...monitoring,
  ...processes,
  workload: 'anything',
  existingService: 'anything',
  pods: { fields: existingPods },
  container: 'text',
};
