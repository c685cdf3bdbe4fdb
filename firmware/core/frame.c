#include "frame.h"

#include "crc_table.h"
#include "flash.h"

static const uint16_t TABLE[256] FLASH = {CRC_TABLE};

uint16_t bus_crc(uint16_t crc, uint8_t byte) {
    return (uint16_t)(crc << 8) ^ flash_word(&TABLE[(uint8_t)(crc >> 8) ^ byte]);
}

uint16_t bus_unstuff(uint8_t *bytes, uint16_t size) {
    uint16_t kept = 0;
    uint8_t is_mark = 0; /* FF FF FD stands before: an FD now is stuffing */
    for (uint16_t k = 0; k < size; k++) {
        if (is_mark && bytes[k] == 0xFD) {
            is_mark = 0;
            continue;
        }
        bytes[kept++] = bytes[k];
        is_mark = kept >= 3 && bytes[kept - 1] == 0xFD && bytes[kept - 2] == 0xFF &&
                  bytes[kept - 3] == 0xFF;
    }
    return kept;
}
