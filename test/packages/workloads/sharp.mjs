/** Images resized to raw pixels and encoded, many at a time on libvips' own threads. */
import { bytes, digest, load, report } from './report.mjs';

const sharp = load('sharp');
const [width, height] = [1200, 800];
const image = bytes(width * height * 3, 7);

async function resize(index) {
  const small = sharp(image, { raw: { width, height, channels: 3 } }).resize(300 + index, 200);
  const outputs = await Promise.all([
    small.clone().raw().toBuffer(),
    small.clone().png().toBuffer(),
    small.clone().jpeg({ quality: 80 }).toBuffer(),
    small.clone().webp({ effort: 1 }).toBuffer(),
  ]);
  return digest(...outputs);
}

const indices = Array.from({ length: 12 }, (_, index) => index);
const digests = await Promise.all(indices.map(resize));
// sharp asks for itself whether malloc is jemalloc; on glibc's it keeps to one thread.
report({ digest: digest(...digests) }, { threads: sharp.concurrency() });
