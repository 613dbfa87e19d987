// Which image files are meant where files and folders are named.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mammograft {

// By its name: what other systems and programs leave beside pictures, and nobody means. Hidden
// files and folders (macOS's ._a.png and .DS_Store, our own temporaries), __MACOSX, @eaDir,
// Thumbs.db, desktop.ini, recycle bins, snapshots.
bool is_left_beside(const std::filesystem::path& path);

// Calls take(file) for every file in a folder and below, without what is left beside them, and
// refuse(folder, reason) for a folder that cannot be read. Links to folders are not followed.
void visit_files(
    const std::filesystem::path& folder,
    const std::function<void(const std::filesystem::path&)>& take,
    const std::function<void(const std::filesystem::path&, const std::string&)>& refuse);

// All of them, sorted. Throws io.
std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder);

bool holds_images(const std::filesystem::path& folder);  // there or below. Throws io

// Files as they are given, folders by the images in them and below (looks_like_image), without
// what is left beside them; sorted, each once. All that can be known before the work is checked
// here: throws io for a file or folder that cannot be read; bad_input for a name that is not UTF-8
// (no JSON could hold it), a file whose beginning is that of no image, a folder without an image.
// With keep_going the first two kinds are warned of and left out, and files that are no images stay
// for their reader to skip; then bad_input where nothing is left. Warns of files whose EXIF
// orientation viewers apply and read_image() does not.
std::vector<std::filesystem::path> image_files(const std::vector<std::string>& inputs,
                                               bool keep_going);

}  // namespace mammograft
