import { node, onAllocator } from './support/interposed.js';

describe('exhaustion', () => {
  test('limited: an array that does not fit is an error of JavaScript, and the program goes on', () => {
    const child = node(
      'limited:bytes=300m:system',
      `try { new Uint8Array(1e9); console.log('allocated'); } catch (error) { console.log(error.name); }
       console.log(new Uint8Array(1e6).length);`,
    );
    expect(child).toMatchObject({ status: 0, stdout: 'RangeError\n1000000\n', stderr: '' });
  });

  test.each([500_000, 600_000])(
    'failing after %i calls into the work of an addon: the report comes, whatever becomes of the process',
    (after) => {
      const child = node(
        `failing:after=${String(after)}:system`,
        `const sharp = require('sharp');
         (async () => {
           for (;;) {
             await sharp({ create: { width: 500, height: 500, channels: 3, background: 'red' } })
               .resize(300).blur(3).png().toBuffer();
           }
         })().catch((error) => { console.log('thrown', error.message); process.exit(3); });`,
      );
      expect(child.status).not.toBe(0);
      expect(child.stderr).toMatch(/allomorph: failing: pid \d+: the first call was made to fail/);
    },
  );

  test.each([
    'limited:bytes=1:system',
    'limited:bytes=100:counted:system',
    'failing:after=0:system',
  ])('%s: no memory from the beginning is what the process is ended for', (spec) => {
    const child = node(spec, '0');
    expect(child).toMatchObject({ status: 125, stdout: '' });
    expect(child.stderr).toMatch(/building blocks that gave it no memory to start with/);
    expect(child.stderr).not.toMatch(/could not be loaded|cannot be told/);
  });

  test('failing with a probability: those are counted', () => {
    const child = onAllocator('failing:probability=0.5,seed=7:system', [
      'python3',
      '-S',
      '-c',
      'print(1)',
    ]);
    expect(child.stderr).toMatch(/allomorph: failing: pid \d+: the first call was made to fail/);
  });
});
