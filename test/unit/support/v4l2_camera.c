/*
 * A camera for machines that have none: preloaded into a process, this is /dev/video0 as the kernel
 * would show one. It gives YUYV in two sizes, 30 times a second. Each picture is dark on the left
 * and bright on the right, and has its number, modulo 200, as the brightness of its first row.
 *
 * CAMERA_LOG names a file that is told when the device is opened for pictures and closed again.
 * With CAMERA_PICTURES it gives JPEG: the files of that directory called 0.jpg, 1.jpg and so on,
 * over and over; and no YUYV, unless CAMERA_YUYV is set, too. CAMERA_SIZE is the only size then,
 * 320x240 for example, and CAMERA_RATE the number of pictures a second.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { BUFFERS = 4, MOST_FDS = 4096 };

static struct {
  unsigned width, height;
} sizes[] = {{640, 480}, {1280, 720}};
static unsigned formats[2] = {V4L2_PIX_FMT_YUYV}, rate = 30;

static char is_camera[MOST_FDS];

/* What has been set; one process opens the camera once. */
static unsigned width, height, pixelformat, number;
static uint8_t* memory[BUFFERS];
static int queued[BUFFERS], queue_length;

__attribute__((constructor)) static void read_environment(void) {
  const char* size = getenv("CAMERA_SIZE");
  if (size && sscanf(size, "%ux%u", &sizes[0].width, &sizes[0].height) == 2) sizes[1] = sizes[0];
  const char* pictures_a_second = getenv("CAMERA_RATE");
  if (pictures_a_second) rate = atoi(pictures_a_second);
  if (!getenv("CAMERA_PICTURES")) return;
  formats[0] = V4L2_PIX_FMT_MJPEG;
  formats[1] = getenv("CAMERA_YUYV") ? V4L2_PIX_FMT_YUYV : 0;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void tell(const char* what) {
  const char* path = getenv("CAMERA_LOG");
  FILE* file = path ? fopen(path, "a") : NULL;
  if (!file) return;
  fprintf(file, "%s\n", what);
  fclose(file);
}

static int open_camera(int flags) {
  /* A timer can be waited for as a camera can. */
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (fd < 0 || fd >= MOST_FDS) return -1;
  /* 2: for pictures. */
  is_camera[fd] = (flags & O_ACCMODE) == O_RDWR ? 2 : 1;
  if (is_camera[fd] == 2) tell("open");
  return fd;
}

#define OPEN(name)                                                   \
  int name(const char* path, int flags, ...) {                       \
    if (strcmp(path, "/dev/video0") == 0) return open_camera(flags); \
    va_list arguments;                                               \
    va_start(arguments, flags);                                      \
    int mode = va_arg(arguments, int);                               \
    va_end(arguments);                                               \
    return REAL(name)(path, flags, mode);                            \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  if (fd >= 0 && fd < MOST_FDS && is_camera[fd]) {
    if (is_camera[fd] == 2) tell("close");
    is_camera[fd] = 0;
  }
  return REAL(close)(fd);
}

static void* map(size_t length, off_t offset) {
  void* place =
      REAL(mmap)(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memory[offset / sysconf(_SC_PAGESIZE)] = place;
  return place;
}

#define MMAP(name)                                                                            \
  void* name(void* address, size_t length, int protection, int flags, int fd, off_t offset) { \
    if (fd >= 0 && fd < MOST_FDS && is_camera[fd]) return map(length, offset);                \
    return REAL(name)(address, length, protection, flags, fd, offset);                        \
  }
MMAP(mmap)
MMAP(mmap64)

static void paint(uint8_t* pixels) {
  unsigned level = number++ % 200;
  for (unsigned y = 0; y < height; y++) {
    for (unsigned x = 0; x < width; x++) {
      *pixels++ = y == 0 ? level : x < width / 2 ? 40 : 200;
      *pixels++ = 128;
    }
  }
}

/* The next file, or the first one again. Returns its size. */
static unsigned load(uint8_t* place) {
  for (;;) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%u.jpg", getenv("CAMERA_PICTURES"), number);
    FILE* file = fopen(path, "rb");
    if (file) {
      number++;
      unsigned size = fread(place, 1, width * height * 2, file);
      fclose(file);
      return size;
    }
    if (number == 0) abort();
    number = 0;
  }
}

static int fail(int error) {
  errno = error;
  return -1;
}

static int camera_ioctl(int fd, unsigned long request, void* argument) {
  switch (request) {
    case VIDIOC_QUERYCAP: {
      struct v4l2_capability* capability = argument;
      memset(capability, 0, sizeof *capability);
      strcpy((char*)capability->card, "Preloaded camera");
      strcpy((char*)capability->bus_info, "preloaded-0");
      capability->capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_DEVICE_CAPS;
      capability->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
      return 0;
    }
    case VIDIOC_ENUM_FMT: {
      struct v4l2_fmtdesc* format = argument;
      if (format->index > 1 || formats[format->index] == 0) return fail(EINVAL);
      format->pixelformat = formats[format->index];
      return 0;
    }
    case VIDIOC_TRY_FMT:
    case VIDIOC_S_FMT: {
      struct v4l2_pix_format* format = &((struct v4l2_format*)argument)->fmt.pix;
      if (format->pixelformat != formats[0] && format->pixelformat != formats[1])
        return fail(EINVAL);
      unsigned best = format->width > sizes[0].width;
      format->width = sizes[best].width;
      format->height = sizes[best].height;
      format->sizeimage = format->width * format->height * 2;
      if (request == VIDIOC_S_FMT) {
        width = format->width;
        height = format->height;
        pixelformat = format->pixelformat;
      }
      return 0;
    }
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM:
      ((struct v4l2_streamparm*)argument)->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
      return 0;
    case VIDIOC_REQBUFS:
      ((struct v4l2_requestbuffers*)argument)->count = BUFFERS;
      queue_length = 0;
      return 0;
    case VIDIOC_QUERYBUF: {
      struct v4l2_buffer* buffer = argument;
      buffer->length = width * height * 2;
      buffer->m.offset = buffer->index * sysconf(_SC_PAGESIZE);
      return 0;
    }
    case VIDIOC_QBUF:
      queued[queue_length++] = ((struct v4l2_buffer*)argument)->index;
      return 0;
    case VIDIOC_DQBUF: {
      struct v4l2_buffer* buffer = argument;
      uint64_t expirations;
      if (queue_length == 0 || read(fd, &expirations, sizeof expirations) < 0) return fail(EAGAIN);
      buffer->index = queued[0];
      memmove(queued, queued + 1, --queue_length * sizeof *queued);
      buffer->bytesused = width * height * 2;
      if (pixelformat == V4L2_PIX_FMT_YUYV) {
        paint(memory[buffer->index]);
      } else {
        buffer->bytesused = load(memory[buffer->index]);
      }
      return 0;
    }
    case VIDIOC_STREAMON:
    case VIDIOC_STREAMOFF: {
      long interval = request == VIDIOC_STREAMON ? 1000000000 / rate : 0;
      struct itimerspec timer = {.it_interval = {0, interval}, .it_value = {0, interval}};
      return timerfd_settime(fd, 0, &timer, NULL);
    }
    default:
      return fail(ENOTTY);
  }
}

int ioctl(int fd, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void* argument = va_arg(arguments, void*);
  va_end(arguments);
  if (fd >= 0 && fd < MOST_FDS && is_camera[fd]) return camera_ioctl(fd, request, argument);
  return ((int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl"))(fd, request, argument);
}
