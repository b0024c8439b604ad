// A service that makes thumbnails: photographs decoded, resized and encoded by
// libvips, a few at a time, then silence. Its memory is all outside of the
// JavaScript heap, in blocks of megabytes that several threads take and give back.
//
//   npm install sharp
//   node examples/sharp-pipeline.mjs
//   npx allomorph run -- node examples/sharp-pipeline.mjs
//
// IMAGES, CONCURRENCY, WIDTH (of the originals) and IDLE (seconds) make it smaller or longer.

import { measure, progress, setting } from './support.mjs';

const sharp = await import('sharp').then(
  (module) => module.default,
  (error) => {
    const reason = error.code === 'ERR_MODULE_NOT_FOUND' ? 'which is not installed' : error.message;
    console.error(`sharp-pipeline needs the package sharp, ${reason}. Run: npm install sharp`);
    process.exit(2);
  },
);

// By default sharp takes one thread for an image on glibc's malloc and all cores on a jemalloc;
// comparing allocators would compare numbers of threads.
sharp.concurrency(1);

const images = setting('IMAGES', 400);
const concurrency = setting('CONCURRENCY', 4);
const width = setting('WIDTH', 3_000);

const sizes = [1_600, 800, 400, 96];
const encoders = [
  (image) => image.jpeg({ quality: 80 }),
  (image) => image.webp({ quality: 75, effort: 2 }),
  (image) => image.png({ compressionLevel: 6 }),
];

await measure('thumbnails', setting('IDLE', 5), async () => {
  const originals = await Promise.all([1, 0.75, 0.6, 0.5].map((part) => original(width * part)));
  let [started, done, bytes] = [0, 0, 0];
  const work = async () => {
    while (started < images) {
      const number = started++;
      const made = await thumbnail(originals[number % originals.length], number);
      bytes += made;
      done += 1;
      if (done % Math.ceil(images / 10) === 0) progress(`resizing ${done} of ${images}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return `${done} thumbnails, ${(bytes / 1e6).toFixed(1)} MB,`;
});

/** What an upload is: a JPEG of about the size that cameras make. */
function original(size) {
  const [across, down] = [Math.max(1, Math.round(size)), Math.max(1, Math.round(size / 1.5))];
  const pixels = Buffer.alloc(across * down * 3);
  for (let y = 0, at = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      // Gradients with a fine pattern: neither as small as a plain area nor as large as noise.
      pixels[at++] = (x * 255) / across;
      pixels[at++] = (y * 255) / down;
      pixels[at++] = (x * y) & 0xff;
    }
  }
  const raw = { width: across, height: down, channels: 3 };
  return sharp(pixels, { raw }).jpeg({ quality: 90 }).toBuffer();
}

/** The same mixture in every run: each size in each format from each original. */
async function thumbnail(from, number) {
  const size = sizes[Math.floor(number / 4) % sizes.length];
  const encode = encoders[number % encoders.length];
  const { length } = await encode(sharp(from).rotate().resize({ width: size })).toBuffer();
  return length;
}
