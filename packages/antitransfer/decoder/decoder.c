/*
 * What antitransfer asks of FFmpeg: a recording in memory in, planar floating-point samples out, and everything that
 * FFmpeg had to say about it. One recording at a time. Built by build.sh; LGPL 2.1 or later, as FFmpeg is.
 */
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define EXPORT(name) __attribute__((export_name(name)))

static const uint8_t *input;
static int64_t input_size, input_position;
static AVFormatContext *format;
static AVCodecContext *codec;
static AVPacket *packet;
static AVFrame *frame;
static int stream_index, draining;
static int64_t packets, damaged_packets, damaged_inside, damaged_since;
static float *planes;
static int planes_capacity;
static char messages[8192];
static int messages_length;

static void collect_message(void *context, int level, const char *text, va_list arguments) {
  if (level > AV_LOG_WARNING) return;
  int room = sizeof(messages) - messages_length;
  if (room < 256) return;
  char line[220];
  vsnprintf(line, sizeof(line), text, arguments);
  const char *name = context ? (*(AVClass **)context)->item_name(context) : "";
  messages_length += snprintf(messages + messages_length, room, "%c[%s] %s", level > AV_LOG_ERROR ? 'W' : 'E', name, line);
  if (messages_length > 0 && messages[messages_length - 1] != '\n') messages[messages_length++] = '\n';
}

static int read_input(void *opaque, uint8_t *buffer, int size) {
  (void)opaque;
  int64_t left = input_size - input_position;
  if (left <= 0) return AVERROR_EOF;
  if (size > left) size = left;
  memcpy(buffer, input + input_position, size);
  input_position += size;
  return size;
}

static int64_t seek_input(void *opaque, int64_t offset, int whence) {
  (void)opaque;
  if (whence == AVSEEK_SIZE) return input_size;
  if ((whence & ~AVSEEK_FORCE) == SEEK_CUR) offset += input_position;
  if ((whence & ~AVSEEK_FORCE) == SEEK_END) offset += input_size;
  if (offset < 0 || offset > input_size) return AVERROR(EINVAL);
  return input_position = offset;
}

EXPORT("allocate") void *allocate(int size) { return av_malloc(size); }

EXPORT("close_input") void close_input(void) {
  AVIOContext *io = format ? format->pb : NULL;
  avcodec_free_context(&codec);
  avformat_close_input(&format);
  if (io) {
    av_freep(&io->buffer);
    avio_context_free(&io);
  }
  av_packet_free(&packet);
  av_frame_free(&frame);
  av_freep(&planes);
  av_free((void *)input);
  input = NULL;
  planes_capacity = 0;
}

/* `bytes` come from allocate() and are freed by close_input(). Returns 0 or an AVERROR. */
EXPORT("open_input") int open_input(const uint8_t *bytes, int size) {
  av_log_set_callback(collect_message);
  input = bytes;
  input_size = size;
  input_position = packets = damaged_packets = damaged_inside = damaged_since = draining = messages_length = 0;
  uint8_t *buffer = av_malloc(65536);
  AVIOContext *io = avio_alloc_context(buffer, 65536, 0, NULL, read_input, NULL, seek_input);
  format = avformat_alloc_context();
  packet = av_packet_alloc();
  frame = av_frame_alloc();
  if (!buffer || !io || !format || !packet || !frame) return AVERROR(ENOMEM);
  format->pb = io;
  format->error_recognition = AV_EF_CRCCHECK;
  int status = avformat_open_input(&format, NULL, NULL, NULL);
  if (status < 0) {
    av_freep(&io->buffer);
    avio_context_free(&io);
    return status;
  }
  if ((status = avformat_find_stream_info(format, NULL)) < 0) return status;
  const AVCodec *decoder = NULL;
  stream_index = av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, &decoder, 0);
  if (stream_index < 0) return stream_index;
  codec = avcodec_alloc_context3(decoder);
  if (!codec) return AVERROR(ENOMEM);
  if ((status = avcodec_parameters_to_context(codec, format->streams[stream_index]->codecpar)) < 0) return status;
  codec->pkt_timebase = format->streams[stream_index]->time_base;
  codec->err_recognition = AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER | AV_EF_EXPLODE;
  /* Damage is to be an error, not something plausible. */
  codec->error_concealment = 0;
  codec->thread_count = 1;
  return avcodec_open2(codec, decoder, NULL);
}

static float sample_at(const uint8_t *data, enum AVSampleFormat kind, int index) {
  switch (kind) {
    case AV_SAMPLE_FMT_U8: return (data[index] - 128) / 128.0f;
    case AV_SAMPLE_FMT_S16: return ((const int16_t *)data)[index] / 32768.0f;
    case AV_SAMPLE_FMT_S32: return ((const int32_t *)data)[index] / 2147483648.0f;
    case AV_SAMPLE_FMT_FLT: return ((const float *)data)[index];
    case AV_SAMPLE_FMT_DBL: return ((const double *)data)[index];
    case AV_SAMPLE_FMT_S64: return ((const int64_t *)data)[index] / 9223372036854775808.0f;
    default: return NAN;
  }
}

static void damaged(void) {
  damaged_packets++;
  damaged_since++;
}

static int keep_frame(void) {
  int channels = frame->ch_layout.nb_channels, count = frame->nb_samples;
  if (channels * count > planes_capacity) {
    av_freep(&planes);
    planes = av_malloc_array(planes_capacity = channels * count, sizeof(float));
    if (!planes) return AVERROR(ENOMEM);
  }
  enum AVSampleFormat kind = av_get_packed_sample_fmt(frame->format);
  int planar = av_sample_fmt_is_planar(frame->format);
  for (int channel = 0; channel < channels; channel++) {
    const uint8_t *data = frame->extended_data[planar ? channel : 0];
    float *plane = planes + channel * count;
    for (int i = 0; i < count; i++) plane[i] = sample_at(data, kind, planar ? i : i * channels + channel);
  }
  /* Damage that sound follows is no torn end. */
  damaged_inside += damaged_since;
  damaged_since = 0;
  if (frame->flags & AV_FRAME_FLAG_CORRUPT || frame->decode_error_flags) damaged();
  return count;
}

/*
 * An MP4 file's edit list takes the encoder's delay from the beginning and, since FFmpeg 8, its padding from the end. The
 * end stays, as in FFmpeg before and in what is built on it: people's models were trained on that.
 */
static void keep_end_padding(void) {
  size_t size;
  uint8_t *skip = av_packet_get_side_data(packet, AV_PKT_DATA_SKIP_SAMPLES, &size);
  if (skip && size >= 8 && strstr(format->iformat->name, "mp4")) memset(skip + 4, 0, 4);
}

/* Samples of each channel that now stand at planes(); 0 at the end, or an AVERROR. Damaged packets are counted and left out. */
EXPORT("decode_next") int decode_next(void) {
  for (;;) {
    int status = avcodec_receive_frame(codec, frame);
    if (status == 0) {
      int count = keep_frame();
      if (count != 0) return count;
      continue;
    }
    if (status == AVERROR_EOF) return 0;
    if (status != AVERROR(EAGAIN)) {
      damaged();
      if (draining) return 0;
    }
    status = av_read_frame(format, packet);
    if (status < 0) {
      if (status != AVERROR_EOF) damaged();
      if (draining) return 0;
      draining = 1;
      avcodec_send_packet(codec, NULL);
      continue;
    }
    if (packet->stream_index == stream_index) {
      packets++;
      keep_end_padding();
      if (packet->flags & AV_PKT_FLAG_CORRUPT) damaged();
      if (avcodec_send_packet(codec, packet) < 0) damaged();
    }
    av_packet_unref(packet);
  }
}

EXPORT("planes") const float *get_planes(void) { return planes; }
EXPORT("channels") int get_channels(void) { return frame->ch_layout.nb_channels; }
EXPORT("frame_rate") int get_frame_rate(void) { return frame->sample_rate; }
EXPORT("packets") double get_packets(void) { return packets; }
EXPORT("damaged_packets") double get_damaged_packets(void) { return damaged_packets; }
/* Of the damaged packets, those that sound came after. */
EXPORT("damaged_inside") double get_damaged_inside(void) { return damaged_inside; }
EXPORT("sample_rate") int get_sample_rate(void) { return codec->sample_rate; }
EXPORT("format_name") const char *get_format_name(void) { return format->iformat->name; }
EXPORT("codec_name") const char *get_codec_name(void) { return codec->codec->name; }
EXPORT("messages") const char *get_messages(void) {
  messages[messages_length] = 0;
  return messages;
}

/* Seconds that the container states for the stream; -1 when it states none, and when FFmpeg only estimated it. */
EXPORT("stated_seconds") double get_stated_seconds(void) {
  const AVStream *stream = format->streams[stream_index];
  if (stream->duration == AV_NOPTS_VALUE || format->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE) return -1;
  return stream->duration * av_q2d(stream->time_base);
}

/* Packets that the container lists (MP4's sample table); 0 when it lists none. */
EXPORT("stated_packets") double get_stated_packets(void) { return format->streams[stream_index]->nb_frames; }
