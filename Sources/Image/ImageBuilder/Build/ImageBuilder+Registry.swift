internal import EngineModel
internal import Glibc
internal import ImageModel
public import ImageStore
public import Registry

extension ImageBuilder {
    /// A builder that fetches base images and files with the registry's client.
    public init(store: ImageStore, registry: RegistryClient, runner: any BuildRunner) {
        self.init(
            state: store.state, store: store, runner: runner,
            pull: { reference, cancellation, progress throws(EngineError) in
                _ = try registry.pull(reference, cancellation: cancellation) { event in
                    progress(event.layer, event.current, event.total)
                }
            },
            push: { reference, cancellation throws(EngineError) in
                _ = try registry.push(reference, cancellation: cancellation)
            },
            fetch: { url, descriptor, limit, cancellation throws(EngineError) in
                let file = try registry.fetch(url: url, to: descriptor, limit: limit, cancellation: cancellation)
                return FetchedFile(
                    modified: seconds(httpDate: file.lastModified), name: file.name.isEmpty ? nil : file.name)
            })
    }
}

/// Seconds since 1970 of a date as HTTP has it (RFC 9110, 5.6.7); nil if it is none.
private func seconds(httpDate text: String) -> Int64? {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let words = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == ":" })
    guard words.count >= 7, let month = months.firstIndex(of: String(words[2])) else { return nil }
    let numbers = [words[1], words[3], words[4], words[5], words[6]].compactMap { Int32($0) }
    guard numbers.count == 5 else { return nil }
    var time = tm()
    (time.tm_mday, time.tm_mon, time.tm_year) = (numbers[0], Int32(month), numbers[1] - 1900)
    (time.tm_hour, time.tm_min, time.tm_sec) = (numbers[2], numbers[3], numbers[4])
    return Int64(timegm(&time))
}
