/* What every frame of Dynamixel Protocol 2.0 needs: the checksum, and stuffing. */
#ifndef FRAME_H
#define FRAME_H

#include <stdint.h>

/* Go on with a CRC-16: polynomial 0x8005, from 0, not reflected. */
uint16_t bus_crc(uint16_t crc, uint8_t byte);

/* Take the stuffing out of so many bytes; return how many remain. */
uint16_t bus_unstuff(uint8_t *bytes, uint16_t size);

#endif
