#!/bin/sh
# Builds ffmpeg.wasm from the sources beside it, to the same bytes wherever it is built. Needs make, xz, and Zig as a C
# compiler for WebAssembly: python3 -m pip install ziglang==0.15.2
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -xJf "$here/ffmpeg-9.0-audio.tar.xz" -C "$work"
cd "$work"

for tool in cc ar ranlib; do
  flags=
  if [ $tool = cc ]; then
    flags="-target wasm32-wasi -mcpu=generic+simd128+bulk_memory+nontrapping_fptoint+sign_ext"
  fi
  printf '#!/bin/sh\nexec python3 -m ziglang %s %s "$@"\n' $tool "$flags" > $tool
  chmod +x $tool
done

pcm=pcm_s8,pcm_u8,pcm_s8_planar,pcm_alaw,pcm_mulaw,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be
for bits in 16 24 32; do pcm=$pcm,pcm_s${bits}le,pcm_s${bits}be,pcm_u${bits}le,pcm_u${bits}be; done
adpcm=adpcm_ima_wav,adpcm_ima_qt,adpcm_ms,adpcm_g722,adpcm_g726,adpcm_g726le
others=aac,aac_latm,alac,amrnb,amrwb,flac,gsm,gsm_ms,ilbc,mp1float,mp2float,mp3float,opus,shorten,speex,tta,vorbis,wavpack

mkdir build
cd build
../ffmpeg-9.0/configure \
  --cc="$work/cc" --ar="$work/ar" --ranlib="$work/ranlib" --nm=true \
  --enable-cross-compile --target-os=none --arch=wasm32 --optflags=-O2 \
  --disable-autodetect --disable-everything --disable-programs --disable-doc --disable-network --disable-pthreads \
  --disable-avdevice --disable-avfilter --disable-swscale --disable-iamf \
  --disable-debug --disable-asm --disable-runtime-cpudetect --disable-stripping \
  --enable-decoder="$pcm,$adpcm,$others" \
  --enable-demuxer=aac,aiff,amr,au,caf,flac,matroska,mov,mp3,nistsphere,ogg,tta,w64,wav,wv \
  --enable-parser=aac,aac_latm,amr,flac,gsm,mpegaudio,opus,vorbis
# WebAssembly has no memory maps, whatever the headers say.
sed -i 's/#define HAVE_MMAP 1/#define HAVE_MMAP 0/; s|^#define FFMPEG_CONFIGURATION .*|#define FFMPEG_CONFIGURATION ""|' config.h
make -j"$(nproc)"

../cc -O2 -mexec-model=reactor -I../ffmpeg-9.0 -I. "$here/decoder.c" \
  libavformat/libavformat.a libavcodec/libavcodec.a libswresample/libswresample.a libavutil/libavutil.a -lm \
  -Wl,--gc-sections -Wl,--strip-all -Wl,--export-memory -o "${1:-$here/ffmpeg.wasm}"
