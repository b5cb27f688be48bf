import { z } from 'zod';

/** What validation clips are beside those of training and test, and what the field calls a choice by them. */
export const validationKinds = {
  'training-like': 'as training clips are (DomainBed: training-domain validation set)',
  'held-out-groups': 'of groups that neither training nor test has (as in leave-one-group-out)',
  unconfounded: 'unconfounded, as the test is (DomainBed: test-domain validation set, an oracle)',
  listed: 'as the lists have it',
} as const;

export type ValidationKind = keyof typeof validationKinds;

/** The setting of splits over groups that says whose clips choose the model. */
export const validationClipsSetting = z
  .enum(['held-out-groups', 'training-groups'])
  .default('held-out-groups')
  .describe(
    'Whose clips choose the model: of groups that are held out whole, as those of the test are, or other clips of the groups that train.',
  );

/** What validation clips of a split over groups are. */
export function validationOfGroups(clips: z.infer<typeof validationClipsSetting>): ValidationKind {
  return clips === 'training-groups' ? 'training-like' : 'held-out-groups';
}
