/* A disk as tests want it, by LD_PRELOAD. DISK_SLOW=1: every fsync and fdatasync takes a second.
 * DISK_DIRECTORY and DISK_READ_ONLY: while the file DISK_READ_ONLY exists, the file system that holds
 * DISK_DIRECTORY is read-only, also for files that are open, as after an error of the disk. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_read_only(void)
{
	const char *flag = getenv("DISK_READ_ONLY");
	return flag && syscall(SYS_faccessat, AT_FDCWD, flag, F_OK) == 0;
}

static int is_below(const char *path)
{
	const char *directory = getenv("DISK_DIRECTORY");
	return directory && strncmp(path, directory, strlen(directory)) == 0;
}

/* Whether changing this path, or this open file, is refused; sets errno. */
static int refuses(const char *path)
{
	if (!is_read_only() || !is_below(path))
		return 0;
	errno = EROFS;
	return 1;
}

static int refuses_fd(int fd)
{
	char link[64], path[4096];
	if (!is_read_only())
		return 0;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof path - 1);
	if (length < 0)
		return 0;
	path[length] = 0;
	return refuses(path);
}

static int synced(int fd, long number)
{
	if (getenv("DISK_SLOW"))
		sleep(1);
	return syscall(number, fd);
}

int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

ssize_t write(int fd, const void *bytes, size_t count)
{
	return refuses_fd(fd) ? -1 : syscall(SYS_write, fd, bytes, count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset)
{
	return refuses_fd(fd) ? -1 : syscall(SYS_pwrite64, fd, bytes, count, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset)
{
	return pwrite64(fd, bytes, count, offset);
}

int ftruncate64(int fd, off64_t length)
{
	return refuses_fd(fd) ? -1 : syscall(SYS_ftruncate, fd, length);
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

int unlink(const char *path) { return refuses(path) ? -1 : syscall(SYS_unlink, path); }

int mkdir(const char *path, mode_t mode)
{
	return refuses(path) ? -1 : syscall(SYS_mkdir, path, mode);
}

static int opened(const char *path, int flags, mode_t mode)
{
	if (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC) && refuses(path))
		return -1;
	return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	va_list more;
	va_start(more, flags);
	mode_t mode = va_arg(more, mode_t);
	va_end(more);
	return opened(path, flags, mode);
}

int open(const char *path, int flags, ...)
{
	va_list more;
	va_start(more, flags);
	mode_t mode = va_arg(more, mode_t);
	va_end(more);
	return opened(path, flags, mode);
}
