import { contractCases } from '../contract/cases.js';
import type { Door } from '../contract/doors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { forms } from './support/forms.js';
import { Composition, recipes } from './support/recipes.js';

expectNoLeaks();

const combinations = forms.flatMap(({ form, over }) =>
  recipes.map((recipe) => ({ form, over, recipe })),
);

describe.each(combinations)('$recipe.name over $form', ({ over, recipe }) => {
  const composition = new Composition();
  const allocator = recipe.make(composition, over);
  const doors: Door[] = [
    { name: 'checked', backend: 'other', allocator, exhausted: 'throws' },
    { name: 'unsafe', backend: 'other', allocator: allocator.unsafe, exhausted: 'zero' },
  ];
  // Nothing is live any more: else it could not be closed.
  afterAll(() => {
    composition.close();
  });

  describe.each(doors)('$name', (door) => {
    test.each(contractCases)('$name', ({ run }) => {
      run(door);
    });
  });
});
