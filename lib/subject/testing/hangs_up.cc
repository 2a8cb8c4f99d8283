// A program that closes the subject's connection, but does not end.
#include <unistd.h>

int main() {
  close(3);
  pause();
}
