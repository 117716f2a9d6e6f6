/*
 * The names of all files that a build makes on the disk, below the folder of an index:
 *
 *   meta_data.json                   names the index file, or the folder of parts
 *   index-CHECKSUM.si                a single index file; the checksum has 16 hexadecimal digits
 *   index-CHECKSUM.parts/            a multi-index
 *     top.si, part-NUMBER.si           its top and its parts; the number has 6 digits or more
 *   .spatial-index-lock              locked while a build has the folder
 *   .spatial-index-build.tmp         a single index file before it is published
 *   .spatial-index-build.parts/      a multi-index before it is published
 *   .spatial-index-populations/      indexes of several populations before they are published
 *   .spatial-index-replaced.json     the list of populations that is being replaced
 *   .spatial-index-XXXXXX            a temporary file, which is unlinked at once
 */
#ifndef SI_FORMAT_FILE_NAMES_H
#define SI_FORMAT_FILE_NAMES_H

#define SI_METADATA_NAME "meta_data.json"

#define SI_HEAVY_PREFIX "index-"
#define SI_HEAVY_SUFFIX ".si"
#define SI_PARTS_SUFFIX ".parts"
#define SI_CHECKSUM_DIGITS 16

#define SI_TOP_NAME "top.si"
#define SI_PART_PREFIX "part-"
#define SI_PART_SUFFIX ".si"

/* Names of what a build works with begin so. */
#define SI_TEMPORARY_PREFIX ".spatial-index-"
#define SI_LOCK_NAME SI_TEMPORARY_PREFIX "lock"
#define SI_GROWING_FILE_NAME SI_TEMPORARY_PREFIX "build.tmp"
#define SI_GROWING_PARTS_NAME SI_TEMPORARY_PREFIX "build.parts"
/* For mkostemp. */
#define SI_TEMPORARY_PATTERN SI_TEMPORARY_PREFIX "XXXXXX"

/* In this folder the indexes of several populations are built, each in a folder of its name. */
#define SI_STAGING_NAME SI_TEMPORARY_PREFIX "populations"

/* The metadata that are being replaced, if they list populations: names their indexes even if the
 * build dies before it has removed these. */
#define SI_REPLACED_NAME SI_TEMPORARY_PREFIX "replaced.json"

#endif
